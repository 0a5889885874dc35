import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether the graphics adapter behind a Vulkan device is hardware. onnxruntime does not tell which adapter it took, and a
 * software adapter (SwiftShader, lavapipe) is far slower than the CPU provider. On Linux a hardware adapter needs two
 * things that can be seen: a device node, and the driver of that device's vendor loaded into this process.
 */
export interface HardwareView {
  /** PCI vendor ids of the render devices, lower case, such as "0x10de". */
  readonly vendors: readonly string[];
  /** Paths of the libraries mapped into this process. */
  readonly libraries: readonly string[];
}

const vendorDrivers: readonly { readonly vendor: string; readonly name: string; readonly driver: RegExp }[] = [
  {
    vendor: '0x10de',
    name: 'NVIDIA',
    driver: /libGLX_nvidia|libnvidia-vulkan|libnvidia-glcore|libnvidia-eglcore|libvulkan_nouveau/,
  },
  { vendor: '0x1002', name: 'AMD', driver: /libvulkan_radeon|amdvlk/ },
  { vendor: '0x8086', name: 'Intel', driver: /libvulkan_intel/ },
  { vendor: '0x1af4', name: 'virtio', driver: /libvulkan_virtio/ },
  { vendor: '0x1414', name: 'Direct3D 12 (WSL)', driver: /libvulkan_dzn/ },
];
const softwareDrivers = [
  { name: 'SwiftShader', driver: /libvk_swiftshader/ },
  { name: 'lavapipe', driver: /libvulkan_lvp/ },
] as const;

/** Judges a {@link HardwareView}: the hardware adapter's vendor, or the software adapter that must be behind the device. */
export function judgeAdapter(view: HardwareView): { readonly hardware: boolean; readonly name: string } {
  const loaded = (driver: RegExp): boolean => view.libraries.some((library) => driver.test(library));
  const hardware = vendorDrivers.find(({ vendor, driver }) => view.vendors.includes(vendor) && loaded(driver));
  if (hardware) return { hardware: true, name: hardware.name };
  const software = softwareDrivers.find(({ driver }) => loaded(driver));
  return { hardware: false, name: software?.name ?? 'unknown software adapter' };
}

/** What Linux shows of the render devices and of this process's libraries. Call it after a session on the device exists. */
export function viewHardware(): HardwareView {
  const vendors = new Set<string>();
  for (const node of list('/sys/class/drm').filter((name) => name.startsWith('renderD'))) {
    vendors.add(read(join('/sys/class/drm', node, 'device/vendor')).trim());
  }
  // Containers often have NVIDIA's device without a DRM node; WSL has neither but /dev/dxg.
  const devices = list('/dev');
  if (devices.some((name) => /^nvidia\d+$/.test(name))) vendors.add('0x10de');
  if (devices.includes('dxg')) vendors.add('0x1414');
  const libraries = read('/proc/self/maps')
    .split('\n')
    .map((line) => line.slice(line.indexOf('/')))
    .filter((path) => path.includes('.so'));
  return { vendors: [...vendors].filter(Boolean), libraries: [...new Set(libraries)] };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
