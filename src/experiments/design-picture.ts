import type { ExperimentArm } from '#src/contracts/documents/experiment-plan';
import type { SlicesOfScan } from '#src/splits/roles';
import type { ExperimentTraining } from './experiment-trainings';

/** Scans that are drawn of each arm. */
const MOST_SCANS = 12;

/** What becomes of a slice: `t` trains, `h` is held out, `-` is used by nobody (probes, and what the budget leaves). */
export type SliceUse = 't' | 'h' | '-';

/** The design as a picture: the first fold of each arm, slice by slice. */
export interface DesignPicture {
  /** The scans drawn, each with its number of slices along k. */
  readonly scans: readonly { readonly patient: string; readonly scan: string; readonly slices: number }[];
  /** Scans that did not fit. */
  readonly more: number;
  readonly arms: readonly {
    readonly arm: ExperimentArm;
    /** Patients who train, patients with held-out slices, and patients who do both, of all scans. */
    readonly patients: { readonly training: number; readonly heldOut: number; readonly both: number };
    /** One for each scan drawn: the use of its slices, k = 0 first. */
    readonly rows: readonly (readonly SliceUse[])[];
  }[];
}

/**
 * Which slices of which scans train and which are held out in the first fold of each arm. Of large projects the first
 * scans are drawn.
 *
 * @param trainings of a plan; those of the first repeat and seed without control are drawn
 * @param scans outside the locked set
 */
export function designPicture(
  trainings: readonly ExperimentTraining[],
  scans: readonly { readonly patient: string; readonly scan: string; readonly slices: number }[],
): DesignPicture {
  const drawn = scans.slice(0, MOST_SCANS).map(({ patient, scan, slices }) => ({ patient, scan, slices }));
  const firstSeed = trainings[0]?.seed;
  const first = trainings.filter(
    ({ control, repeat, seed, fold }) => control === null && repeat === 0 && seed === firstSeed && fold === 0,
  );
  return {
    scans: drawn,
    more: scans.length - drawn.length,
    arms: first.map(({ arm, training, heldOut }) => {
      const [trains, out] = [slicesByScan(training), slicesByScan(heldOut)];
      const [seen, unseen] = [patientsOf(training), patientsOf(heldOut)];
      return {
        arm,
        patients: {
          training: seen.size,
          heldOut: unseen.size,
          both: [...seen].filter((p) => unseen.has(p)).length,
        },
        rows: drawn.map(({ scan, slices }) =>
          Array.from({ length: slices }, (_, slice): SliceUse => {
            if (trains.get(scan)?.has(slice) === true) return 't';
            return out.get(scan)?.has(slice) === true ? 'h' : '-';
          }),
        ),
      };
    }),
  };
}

function slicesByScan(entries: readonly SlicesOfScan[]): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map(entries.map(({ scan, slices }) => [scan, new Set(slices)]));
}

function patientsOf(entries: readonly SlicesOfScan[]): ReadonlySet<string> {
  return new Set(entries.filter(({ slices }) => slices.length > 0).map(({ patient }) => patient));
}
