/** Entry of the process that computes an experiment's estimates: `FOLDER development|locked [LEAK]`. */
import { constants, setPriority } from 'node:os';
import { toFailure } from '#src/contracts/failure';
import { parentChannel } from '#main/training/parent-channel';
import { estimateHere, type FromEstimates } from './experiment-estimating';

/** Time for the message to leave before the process ends. */
const FAREWELL_MS = 50;

const channel = parentChannel();
channel.onGone(() => process.exit(0));
// Partial results are looked at while trainings run, and must not take the machine from them.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const [folder = '', side, leak = null] = process.argv.slice(2);
void estimateHere({ folder, withLocked: side === 'locked', leak })
  .then(
    (estimated): FromEstimates => ({ type: 'estimated', estimated }),
    (error: unknown): FromEstimates => ({ type: 'failed', failure: toFailure(error) }),
  )
  .then((message) => {
    channel.send(message);
    setTimeout(() => process.exit(0), FAREWELL_MS);
  });
