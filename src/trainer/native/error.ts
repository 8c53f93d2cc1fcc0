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
    const todo = advice === null ? '' : `; to have it, ${advice} and install it again`;
    super(
      `TensorFlow’s native library could not be installed, because ${reason}${todo}; the wasm engine goes on serving.`,
    );
  }
}
