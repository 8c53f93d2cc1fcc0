import { t } from '../../protocol/l10n.js';

/** TensorFlow's native library cannot be had. Its message is one sentence for the user. */
export class NativeError extends Error {
  override readonly name = 'NativeError';

  /**
   * @param reason why, beginning in lower case
   * @param advice what to do, beginning in lower case; null when nothing can be done on this machine
   * @param log the end of what the failing program printed, for a log
   */
  constructor(
    readonly reason: string,
    readonly advice: string | null,
    readonly log = '',
  ) {
    super(
      advice === null
        ? t('TensorFlow’s native library could not be installed, because {0}; the wasm engine goes on serving.', reason)
        : t(
            'TensorFlow’s native library could not be installed, because {0}; to have it, {1} and install it again; the wasm engine goes on serving.',
            reason,
            advice,
          ),
    );
  }
}
