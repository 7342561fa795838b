import type { Volume } from '#src/imaging/volume';
import type { NewScan } from '#main/store/new-scan';
import type { Project } from '#main/store/project';
import type { StagedVoxels } from '#main/store/voxel-store';
import { Batches } from './batches';
import type { MaskCandidate } from './import-mask-match';
import type { ImportReport } from './import-report';

/**
 * Scans that are registered in one transaction: as many as came while the disk was busy with those before. Few enough
 * that a cancelled import ends soon, and so many that waiting for the disk is not most of an import.
 */
const LEAST = { items: 32, bytes: 2 ** 25 };
const MOST = { items: 128, bytes: 2 ** 28 };

/** Where an import puts what it has read: the project, or nowhere in a dry run. */
export interface Shelf {
  /** Whether this very volume was taken in before. */
  knows(key: string): boolean;
  /** Where voxel files go; null in a dry run. */
  readonly voxelFolder: string | null;
  /** Stores the voxels and returns their name. */
  put(volume: Volume): Promise<string>;
  /** Registers a scan, whose voxels may be staged only; it counts once {@link flush} has been called. */
  add(scan: NewScan, key: string, staged?: StagedVoxels | null): Promise<void>;
  flush(): Promise<void>;
  /** Waits for what is on its way to the disk; an import ends with it, whatever ends it. */
  end(): Promise<void>;
  /** Scans that a mask may belong to: those of the project and those of this import. */
  candidates(): MaskCandidate[];
  /** A patient as {@link candidates} have it; null when no scan is theirs. */
  patient(patientKey: string): number | string | null;
  /** Names of the candidates that an image (SOP instance UID) belongs to. */
  scansWithInstance(uid: string): readonly string[];
  /** Names of the candidates of a series (series instance UID). */
  scansOfSeries(uid: string): readonly string[];
}

/** The real one. */
export function projectShelf(project: Project, report: ImportReport): Shelf {
  const { registry, voxels } = project;
  interface Waiting {
    readonly scan: NewScan;
    readonly key: string;
    readonly staged: StagedVoxels | null;
  }
  async function register(batch: readonly Waiting[]): Promise<void> {
    await voxels.settle(batch.flatMap(({ staged }) => staged ?? []));
    const { added, alreadyPresent } = registry.addScans(
      batch.map(({ scan }) => scan),
      batch.map(({ key }) => key),
    );
    report.alreadyPresent += alreadyPresent.length;
    for (const scan of added) report.addScan(scan);
  }
  const batches = new Batches(register, LEAST, MOST);
  return {
    knows: (key) => registry.knownFile(key),
    voxelFolder: voxels.folder,
    put: (volume) => voxels.put(volume),
    add: (scan, key, staged = null) => batches.add({ scan, key, staged }, staged?.bytes ?? 0),
    flush: () => batches.flush(),
    end: () => batches.end(),
    candidates: () => storedCandidates(project),
    patient: (patientKey) => registry.patientWithKey(patientKey),
    scansWithInstance: (uid) => registry.scansWithInstance(uid),
    scansOfSeries: (uid) => registry.scansOfSeries(uid),
  };
}

/** Writes nothing, and says what would be added. */
export function dryShelf(project: Project, report: ImportReport): Shelf {
  const { registry } = project;
  const newPatients = new Map<string, string>();
  const wouldBe: (MaskCandidate & { instances: ReadonlySet<string>; series: string })[] = [];
  return {
    knows: (key) => registry.knownFile(key),
    voxelFolder: null,
    put: () => Promise.resolve(''),
    add(scan) {
      const known = registry.patientWithKey(scan.patientKey);
      const patient =
        registry.patients().find(({ id }) => id === known)?.patient ??
        newPatients.get(scan.patientKey) ??
        `new patient ${newPatients.size + 1}`;
      if (known === null) newPatients.set(scan.patientKey, patient);
      const name = `new scan ${wouldBe.length + 1}`;
      report.addWouldBe(scan, patient, name);
      wouldBe.push({
        scanId: null,
        scan: name,
        patient: known ?? scan.patientKey,
        geometry: scan.geometry,
        phase: scan.phase,
        sourcePath: scan.sourcePath ?? '',
        instances: new Set(scan.instances),
        series: scan.series.uid,
      });
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
    end: () => Promise.resolve(),
    candidates: () => [...storedCandidates(project), ...wouldBe],
    patient: (patientKey) =>
      registry.patientWithKey(patientKey) ?? (newPatients.has(patientKey) ? patientKey : null),
    scansWithInstance: (uid) => [
      ...registry.scansWithInstance(uid),
      ...wouldBe.filter(({ instances }) => instances.has(uid)).map(({ scan }) => scan),
    ],
    scansOfSeries: (uid) => [
      ...registry.scansOfSeries(uid),
      ...wouldBe.filter(({ series }) => series === uid).map(({ scan }) => scan),
    ],
  };
}

function storedCandidates({ registry }: Project): MaskCandidate[] {
  return registry.scans().map(({ id, scan, patientId, geometry, phase }) => ({
    scanId: id,
    scan,
    patient: patientId,
    geometry,
    phase,
    sourcePath: registry.sourcePathOf(id) ?? '',
  }));
}
