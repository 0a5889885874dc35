import assert from 'node:assert/strict';
import { whyNoCuda } from '../../../extension/trainer/jobs/cuda/whyNoCuda';
import { reasonInWords } from '../../../extension/trainer/jobs/provider/reasonInWords';

const view = (...vendors: string[]): { vendors: string[]; libraries: string[] } => ({ vendors, libraries: [] });

describe('CUDA', () => {
  it('is offered on Linux x64 with an NVIDIA GPU', () => {
    assert.equal(whyNoCuda('linux-x64', view('0x8086', '0x10de')), undefined);
  });

  it('is refused elsewhere, with what can be used instead', () => {
    assert.match(whyNoCuda('linux-x64', view('0x1002')) ?? '', /no NVIDIA GPU .* through "webgpu"/);
    assert.match(whyNoCuda('win32-x64', view('0x10de')) ?? '', /Linux on x64 only; this is win32-x64/);
  });

  it('that lacks a library of the system names it, and what to install', () => {
    const message =
      'The model cannot run on cuda: Failed to load library libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file: No such file or directory';
    assert.match(reasonInWords('cuda', message), /^libcudnn\.so\.9 is missing: install CUDA 12 and cuDNN 9/);
  });

  it('that was never fetched names the command that fetches it', () => {
    const message =
      'Failed to load library libonnxruntime_providers_shared.so with error: libonnxruntime_providers_shared.so: cannot open shared object file: No such file or directory';
    assert.match(reasonInWords('cuda', message), /not installed \(the command "Enable CUDA" fetches them\)/);
  });
});
