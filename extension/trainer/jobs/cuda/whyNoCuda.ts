import type { HardwareView } from '../provider/hardware';

const nvidia = '0x10de';

/** Why CUDA cannot be used on a machine, in words; undefined where nothing speaks against it. @param platform such as "linux-x64". */
export function whyNoCuda(platform: string, { vendors }: HardwareView): string | undefined {
  if (platform !== 'linux-x64')
    return `onnxruntime has CUDA for Linux on x64 only; this is ${platform}. Choose "webgpu", which runs on any GPU.`;
  if (!vendors.includes(nvidia))
    return 'There is no NVIDIA GPU on this machine, or its driver is not loaded (no /dev/nvidia0), so the CUDA libraries would be of no use. Other GPUs are used through "webgpu".';
  return undefined;
}
