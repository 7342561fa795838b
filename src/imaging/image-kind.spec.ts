import { describe, expect, it } from 'vitest';
import { imageKinds } from './image-kind';

describe('the names of images that differ in their Image Type', () => {
  it.each<[string, string[], string[]]>([
    ['Siemens', ['ORIGINAL\\PRIMARY\\M\\ND', 'ORIGINAL\\PRIMARY\\P\\ND'], ['magnitude', 'phase']],
    [
      'Philips',
      [
        'ORIGINAL\\PRIMARY\\M_FFE\\M\\FFE',
        'ORIGINAL\\PRIMARY\\PHASE MAP\\P\\FFE',
        'ORIGINAL\\PRIMARY\\R_FFE\\R\\FFE',
        'ORIGINAL\\PRIMARY\\I_FFE\\I\\FFE',
      ],
      ['magnitude', 'phase', 'real', 'imaginary'],
    ],
    [
      'Philips susceptibility',
      ['ORIGINAL\\PRIMARY\\SW_M_FFE\\SW_M\\FFE', 'ORIGINAL\\PRIMARY\\SW_P_FFE\\SW_P\\FFE'],
      ['magnitude', 'phase'],
    ],
    [
      'diffusion',
      ['DERIVED\\PRIMARY\\DIFFUSION\\ADC\\ND', 'DERIVED\\PRIMARY\\DIFFUSION\\TRACEW\\ND'],
      ['ADC', 'trace'],
    ],
    [
      'Dixon',
      [
        'DERIVED\\PRIMARY\\DIXON\\WATER',
        'DERIVED\\PRIMARY\\DIXON\\FAT',
        'DERIVED\\PRIMARY\\DIXON\\IN_PHASE',
        'DERIVED\\PRIMARY\\DIXON\\OPP_PHASE',
      ],
      ['water', 'fat', 'in phase', 'opposed phase'],
    ],
    [
      'field map',
      ['ORIGINAL\\PRIMARY\\T1\\M', 'ORIGINAL\\PRIMARY\\T1\\FIELD_MAP'],
      ['magnitude', 'field map'],
    ],
    ['echoes', ['ORIGINAL\\PRIMARY\\M\\TE1', 'ORIGINAL\\PRIMARY\\M\\TE2'], ['echo 1', 'echo 2']],
    ['blanks', ['ORIGINAL\\PRIMARY\\ ', 'DERIVED\\PRIMARY\\'], ['original', 'derived']],
    [
      'values without a word',
      ['ORIGINAL\\PRIMARY\\AXIAL\\HELIX', 'ORIGINAL\\PRIMARY\\AXIAL\\STEP'],
      ['helix', 'step'],
    ],
    ['one that has no more than the others', ['DERIVED\\PRIMARY', 'DERIVED\\PRIMARY\\MIP'], ['', 'MIP']],
    [
      'two with the same word',
      ['ORIGINAL\\PRIMARY\\M\\ND', 'ORIGINAL\\PRIMARY\\M\\DIS2D', 'ORIGINAL\\PRIMARY\\P\\ND'],
      ['magnitude nd', 'magnitude dis2d', 'phase'],
    ],
  ])('%s', (_, types, names) => {
    expect(imageKinds(types)).toEqual(names);
  });
});
