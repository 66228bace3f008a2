/** A setting that cannot be used: one line that names the variable or the place in the file, and says what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
