import assert from 'node:assert/strict';
import { judgeAdapter } from '../../../extension/trainer/jobs/provider/hardware';

const mesa = [
  '/usr/lib/libvulkan.so.1',
  '/usr/lib/libvulkan_lvp.so',
  '/usr/lib/libvulkan_intel.so',
  '/usr/lib/libvulkan_radeon.so',
];

describe('telling hardware from software adapters', () => {
  it('takes a device whose own driver is loaded for hardware', () => {
    assert.deepEqual(judgeAdapter({ vendors: ['0x10de'], libraries: ['/usr/lib/libGLX_nvidia.so.0'] }), {
      hardware: true,
      name: 'NVIDIA',
    });
    assert.equal(judgeAdapter({ vendors: ['0x8086'], libraries: mesa }).name, 'Intel');
  });

  it('sees through a machine with drivers but without a device', () => {
    assert.deepEqual(judgeAdapter({ vendors: [], libraries: mesa }), { hardware: false, name: 'lavapipe' });
  });

  it('sees through a device whose driver is missing, so that another answers for it', () => {
    assert.deepEqual(judgeAdapter({ vendors: ['0x10de'], libraries: mesa }), { hardware: false, name: 'lavapipe' });
  });

  it('names SwiftShader', () => {
    assert.equal(
      judgeAdapter({ vendors: [], libraries: ['/usr/lib/chromium/libvk_swiftshader.so'] }).name,
      'SwiftShader',
    );
  });
});
