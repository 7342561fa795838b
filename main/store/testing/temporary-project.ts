import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { affineFromColumns, type Dims, type Geometry } from '#src/imaging/geometry';
import { fileKeyVault } from '../key-vault';
import type { NewScan } from '../new-scan';
import { Project } from '../project';

/** A fresh project in a temporary folder, with its own key vault. */
export async function temporaryProject(identities: 'sealed' | 'plain' = 'sealed') {
  const root = await mkdtemp(join(tmpdir(), 'heldout-store-'));
  const keyVault = fileKeyVault(join(root, 'keys'));
  const folder = join(root, 'test.heldout');
  const labels = [{ label: 1, name: 'LV cavity', colour: '#e69f00' }];
  const project = await Project.create(folder, { name: 'test', labels, identities, keyVault });
  return {
    root,
    folder,
    keyVault,
    project,
    open: () => Project.open(folder, { keyVault }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A grid with 1.5 x 1.5 x 8 mm voxels. */
export function gridOf(dims: Dims): Geometry {
  return {
    dims,
    affine: affineFromColumns([1.5, 0, 0], [0, 1.5, 0], [0, 0, 8], [0, 0, 0]),
    calibrated: true,
  };
}

/** A scan for the registry, of a patient whose identity must never leak. */
export function newScan(voxels: string, geometry: Geometry, overrides: Partial<NewScan> = {}): NewScan {
  return {
    patientKey: 'HOSPITAL-4711',
    identity: { name: 'Doe^Jane', birthDate: '19580403', sex: 'F' },
    study: { uid: '1.2.840.99999.1', date: '20200102' },
    series: { uid: '1.2.840.99999.1.7', description: 'SAX cine', modality: 'MR' },
    instances: ['1.2.840.99999.1.7.1', '1.2.840.99999.1.7.2'],
    phase: 0,
    view: 'axial',
    geometry,
    sampleType: 'int16',
    voxels,
    window: [0, 100],
    invertDisplay: false,
    warnings: [],
    site: null,
    condition: null,
    sourcePath: 'Doe_Jane/ED/1.dcm',
    ...overrides,
  };
}
