import type { Problem } from '../protocol/trainer.js';
import type { Path } from './document.js';

/** Something to say of a value in a recipe. */
export interface Finding {
  path: Path;
  /** An error is what a run would fail on; a warning what it would hardly learn by; information is only good to know. */
  severity: Problem['severity'];
  /** For settings and tests, e.g. "code-too-wide". */
  code: string;
  message: string;
  /** Values that could stand there instead. */
  fixes?: (string | number | boolean)[];
}
