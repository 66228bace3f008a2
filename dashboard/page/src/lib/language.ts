/** A browser of a POSIX locale gives its language a name that `Intl` refuses, and charts would end with an error. */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
