/** An unusable setting, in one line with its place and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
