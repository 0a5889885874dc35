import type { ExecutionProvider } from '../../../protocol/experiment';

/** The native library's messages name source files and functions; a person needs what is missing. */
export function reasonInWords(provider: ExecutionProvider, message: string): string {
  if (/Failed to get a WebGPU adapter|No supported adapters/i.test(message))
    return 'there is no graphics adapter that it could use';
  if (/requires f16 but the device does not support it/i.test(message))
    return 'its graphics adapter has no 16-bit floats (shader-f16), which "precision": "float16" needs; leave that out of the experiment';
  const missing = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object/.exec(message)?.[1];
  if (provider === 'cuda' && missing !== undefined && !missing.startsWith('libonnxruntime'))
    return `${missing} is missing: install CUDA 12 and cuDNN 9, where the loader finds them`;
  if (/Failed to load shared library|cannot open shared object|LoadLibrary failed/i.test(message)) {
    return provider === 'cuda'
      ? 'the CUDA libraries of onnxruntime are not installed (the command "Enable CUDA" fetches them)'
      : 'its library is not installed';
  }
  if (/not (available|supported|enabled)|backend not found|no available backend|Unknown.*provider/i.test(message)) {
    return 'this build of onnxruntime does not contain it on this platform';
  }
  return message.split('\n')[0]?.slice(0, 200) ?? 'unknown reason';
}
