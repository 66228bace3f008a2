const CREDENTIALS = /\/\/(?!user:password@)[^\s/?#"'<>]{1,300}@/g;
const SECRET_PARAMETER =
  /([?&;](?:[\w-]*(?:key|token|secret|signature|password|passwd|pwd|auth|credential)[\w-]*|sig|pass|code)=)[^\s&;#"'<>]+/gi;

/** An address without user, password and secret parameters. */
export function shownAddress(address: string): string {
  return address.replaceAll(CREDENTIALS, '//').replaceAll(SECRET_PARAMETER, '$1[key]');
}
