import { HeldoutError } from '#src/contracts/failure';
import { TENSORFLOW_VERSION, type TensorflowKind } from './tensorflow-cache';

/** One Python wheel that holds TensorFlow's libraries. */
export interface TensorflowWheel {
  /** The requirement as pip takes it. */
  readonly requirement: string;
  readonly platformTag: string;
  readonly file: string;
  readonly megabytes: number;
  readonly sha256: string;
  /** The two libraries within the wheel's `tensorflow` folder. */
  readonly libraries: readonly [interface_: string, framework: string];
}

const LINUX_LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
const MAC_LIBRARIES = ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'] as const;
/** Any wheel will do, whatever Python runs pip; this one is asked for by name. */
export const PYTHON_VERSION = '3.12';

function wheel(
  name: 'tensorflow' | 'tensorflow-cpu',
  platformTag: string,
  megabytes: number,
  sha256: string,
): TensorflowWheel {
  return {
    requirement: `${name}==${TENSORFLOW_VERSION}`,
    platformTag,
    file: `${name.replace('-', '_')}-${TENSORFLOW_VERSION}-cp312-cp312-${platformTag}.whl`,
    megabytes,
    sha256,
    libraries: platformTag.startsWith('macosx') ? MAC_LIBRARIES : LINUX_LIBRARIES,
  };
}

/**
 * The wheel for a kind of engine on a platform.
 *
 * @throws HeldoutError `resource` where TensorFlow publishes none that holds the libraries
 */
export function tensorflowWheel(
  kind: TensorflowKind,
  platform: string = process.platform,
  arch: string = process.arch,
): TensorflowWheel {
  switch (`${platform} ${arch} ${kind}`) {
    case 'linux x64 cpu':
      return wheel(
        'tensorflow-cpu',
        'manylinux_2_27_x86_64',
        274,
        'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      );
    case 'linux x64 gpu':
      return wheel(
        'tensorflow',
        'manylinux_2_27_x86_64',
        572,
        'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
      );
    case 'linux arm64 cpu':
      return wheel(
        'tensorflow',
        'manylinux_2_27_aarch64',
        285,
        'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      );
    case 'darwin arm64 cpu':
      return wheel(
        'tensorflow',
        'macosx_12_0_arm64',
        250,
        '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
      );
    default:
      throw new HeldoutError(
        'resource',
        `There is no TensorFlow ${kind} engine for ${platform} on ${arch}: train on Linux, or on a Mac with Apple silicon (CPU).`,
      );
  }
}
