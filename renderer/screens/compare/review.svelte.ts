import type { CompareDocument, ComparedPatient } from '#src/contracts/documents/compare';
import type { MarksDocument } from '#src/contracts/documents/reading';
import type { LabelMetrics } from '#src/contracts/documents/metrics';
import type { LabelMap } from '#src/masks/label-map';
import type { Mark } from '#src/readers/reading';
import { call } from '../../state/bridge';
import type { DisplayWindow } from '../../viewer/base-layer';
import { nextWrongSlice, type SliceErrors } from '../../viewer/errors';
import { linkedSlice, type LinkMode } from '../../viewer/link-position';
import { comparedScan, errorsOf, onlyLabel, type ComparedScan } from './compared-scan';
import { isListed, ownMark, type MarkFilter } from './marks';
import { worstFirst } from './patients';

/** How much more than the structure a close-up shows. */
const CLOSE_UP_MARGIN = 1.6;

export type Side = ComparedPatient['side'];

/** Where a view looks, relative to the middle of the structure; null: the whole slice. */
export interface Look {
  /** Millimetres that fit across the smaller side of a pane. */
  readonly across: number;
  readonly dx: number;
  readonly dy: number;
}

/** What stands in one of the two columns. */
export class Column {
  patient = $state.raw<ComparedPatient | null>(null);
  scan = $state<string | null>(null);
  shown = $state.raw<ComparedScan | null>(null);
  loading = $state(false);
  slice = $state(0);
  window = $state.raw<DisplayWindow>({ low: 0, high: 1 });
  look = $state.raw<Look | null>(null);

  constructor(
    readonly side: Side,
    readonly review: Review,
  ) {}

  readonly reference = $derived.by((): LabelMap | null =>
    this.shown === null ? null : onlyLabel(this.shown.reference, this.review.label),
  );
  readonly prediction = $derived.by((): LabelMap | null =>
    this.shown === null ? null : onlyLabel(this.shown.prediction, this.review.label),
  );
  readonly errors = $derived.by((): { map: LabelMap; slices: readonly SliceErrors[] } | null =>
    this.shown === null ? null : errorsOf(this.shown, this.review.label),
  );
  /** Metrics of the shown scan and label; of the worst label when all are shown. */
  readonly metrics = $derived.by((): LabelMetrics | null => {
    const scan = this.patient?.scans.find((each) => each.scan === this.scan);
    if (scan === undefined) return null;
    const { label } = this.review;
    if (label !== null) return scan.labels[String(label)] ?? null;
    return Object.values(scan.labels).toSorted((a, b) => (a.dice ?? 2) - (b.dice ?? 2))[0] ?? null;
  });
}

/** The side-by-side review of one run: two columns that can move together. */
export class Review {
  readonly heldOut: Column;
  readonly seen: Column;
  link = $state<LinkMode>('structure');
  /** Whether zoom and window move together. */
  linkView = $state(true);
  /** The label that masks and errors show; null: all. */
  label = $state<number | null>(null);
  /** Reference and prediction have changed places, while the key is held. */
  blink = $state(false);
  visible = $state(true);
  fill = $state(0.35);
  /** The column that keys move. */
  active = $state<Side>('heldOut');
  /** Notes and marks of every reader on this run's predictions; null until they are read. */
  marks = $state.raw<MarksDocument | null>(null);
  /** Which patients the lists show. */
  filter = $state<MarkFilter>('all');
  /** Said after a jump that found nothing. */
  remark = $state('');

  constructor(readonly document: CompareDocument) {
    this.heldOut = new Column('heldOut', this);
    this.seen = new Column('seen', this);
  }

  column(side: Side): Column {
    return side === 'heldOut' ? this.heldOut : this.seen;
  }

  /** Patients of a side, worst Dice first. */
  patients(side: Side): readonly ComparedPatient[] {
    return worstFirst(this.document.patients, side);
  }

  /** Those of them that the filter lets through. */
  listed(side: Side): readonly ComparedPatient[] {
    return this.patients(side).filter(({ scans }) => isListed(this.marks, scans, this.filter));
  }

  /** Keeps a mark and a note of one's own on the prediction for a scan. @throws HeldoutError */
  async mark(scan: string, mark: Mark | null, note: string): Promise<void> {
    this.marks = await call('mark.set', { run: this.document.run, scan, mark, note });
  }

  /** Marks what a column shows; the same mark once more takes it back. @throws HeldoutError */
  async toggleMark({ scan }: Column, mark: Mark): Promise<void> {
    if (scan === null) return;
    const own = ownMark(this.marks, scan);
    await this.mark(scan, own?.mark === mark ? null : mark, own?.note ?? '');
  }

  /** Shows the worst patient of both sides. @throws HeldoutError when a scan cannot be read */
  async start(): Promise<void> {
    this.marks = await call('mark.list', { run: this.document.run });
    for (const side of ['heldOut', 'seen'] as const) {
      const [worst] = this.patients(side);
      if (worst !== undefined && this.column(side).patient === null) await this.show(worst);
    }
  }

  /** Puts a patient (its worst scan, or the named one) into the column of its side. @throws HeldoutError */
  async show(patient: ComparedPatient, scan?: string): Promise<void> {
    const column = this.column(patient.side);
    const chosen = scan ?? worstScan(patient);
    if (chosen === undefined) return;
    this.active = patient.side;
    column.patient = patient;
    column.scan = chosen;
    column.loading = true;
    try {
      const volumes = await call('compare.scan', { run: this.document.run, scan: chosen });
      // The person may have gone on to another one while this was read.
      if (column.scan !== chosen) return;
      const shown = comparedScan(volumes);
      column.shown = shown;
      column.window = shown.window;
      this.#place(column, shown);
    } finally {
      if (column.scan === chosen) column.loading = false;
    }
  }

  /** Goes to a slice in one column; a linked other column follows. */
  goTo(side: Side, slice: number): void {
    const column = this.column(side);
    const { shown } = column;
    if (shown === null) return;
    this.active = side;
    this.remark = '';
    column.slice = Math.min(shown.axis.count - 1, Math.max(0, Math.round(slice)));
    const other = this.#other(side);
    if (this.link !== 'off' && other.shown !== null)
      other.slice = linkedSlice(column.slice, shown.axis, other.shown.axis, this.link);
  }

  /** Goes to the next slice of the active column whose errors are large. */
  nextWrong(direction: 1 | -1): void {
    const column = this.column(this.active);
    const next = nextWrongSlice(column.errors?.slices ?? [], column.slice, direction);
    if (next === null) this.remark = `No wrong slice ${direction === 1 ? 'further on' : 'before this one'}`;
    else this.goTo(this.active, next);
  }

  /** The next or previous patient in the list of the active column. @throws HeldoutError */
  async nextPatient(direction: 1 | -1): Promise<void> {
    const patients = this.listed(this.active);
    const { patient } = this.column(this.active);
    const next = patients[patients.findIndex((each) => each.patient === patient?.patient) + direction];
    if (next !== undefined) await this.show(next);
  }

  /** Sets the window of a column; a linked one changes in proportion to its own. */
  setWindow(side: Side, window: DisplayWindow): void {
    const column = this.column(side);
    column.window = window;
    const other = this.#other(side);
    if (!this.linkView || column.shown === null || other.shown === null) return;
    const [own, its] = [column.shown.window, other.shown.window];
    const scale = (its.high - its.low) / (own.high - own.low);
    other.window = {
      low: its.low + (window.low - own.low) * scale,
      high: its.low + (window.high - own.low) * scale,
    };
  }

  setLook(side: Side, look: Look | null): void {
    this.column(side).look = look;
    if (this.linkView) this.#other(side).look = look;
  }

  /** Zooms to the structure, or back to the whole slice; both columns at the same scale. */
  closeUp(): void {
    const isClose = this.column(this.active).look !== null;
    const reach = Math.max(0, ...[this.heldOut, this.seen].flatMap(({ shown }) => shown?.reach ?? []));
    const look = isClose || reach === 0 ? null : { across: 2 * reach * CLOSE_UP_MARGIN, dx: 0, dy: 0 };
    this.heldOut.look = look;
    this.seen.look = look;
  }

  #other(side: Side): Column {
    return this.column(side === 'heldOut' ? 'seen' : 'heldOut');
  }

  /** The first slice of a scan that comes into view: where the other column is, or the middle of the structure. */
  #place(column: Column, { axis }: ComparedScan): void {
    const other = this.#other(column.side);
    const middle = axis.extent === null ? (axis.count - 1) / 2 : (axis.extent[0] + axis.extent[1]) / 2;
    column.slice =
      this.link !== 'off' && other.shown !== null
        ? linkedSlice(other.slice, other.shown.axis, axis, this.link)
        : Math.floor(middle);
  }
}

function worstScan({ scans }: ComparedPatient): string | undefined {
  const dice = (scan: (typeof scans)[number]) =>
    Math.min(2, ...Object.values(scan.labels).flatMap((label) => label.dice ?? []));
  return scans.toSorted((a, b) => dice(a) - dice(b))[0]?.scan;
}
