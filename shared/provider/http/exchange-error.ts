import { errorCode } from '../../domain/error-code.ts';
/** `aborted`: the caller's signal; `closed`: a dead or broken connection; `certificate`: TLS or routing that only you can fix. */
export type BreakCause = 'network' | 'certificate' | 'timeout' | 'aborted' | 'closed' | 'too-large';

/** OpenSSL's and Node's codes for invalid certificates. */
const CERTIFICATE_CODE =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME|HOSTNAME_MISMATCH|CRL_/;
/** An issuer unknown to this machine: an organization's own authority, or an inspecting proxy. */
const UNTRUSTED_CODE = /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED/;
/** The first bytes were no TLS. */
const PLAIN_CODE = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER|UNEXPECTED_MESSAGE/;

interface Way {
  readonly url: URL;
  readonly proxy?: URL;
}

/** Why an exchange broke, by its error and by whether the request may have been sent. */
export function causeOf(error: unknown, sent: boolean): BreakCause {
  if (sent) return 'closed';
  const isSetUpWrongly = isPlainHttp(error) || proxyStatusOf(error) === 407;
  return isSetUpWrongly || CERTIFICATE_CODE.test(errorCode(error)) ? 'certificate' : 'network';
}

/** The error in one line, with what to do if known. */
export function describe(error: unknown, way: Way): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = errorCode(error);
  const [first] = error instanceof AggregateError ? error.errors : [];
  const message = error.message || (first instanceof Error ? first.message : '');
  const plain = [code, message].filter(Boolean).join(': ') || error.name;
  const status = proxyStatusOf(error);
  if (status !== undefined) return refusedByProxy(status, way);
  if (isPlainHttp(error)) return plainHttp(way);
  if (UNTRUSTED_CODE.test(code)) {
    return `${plain}; if the certificate is your organization's, set NODE_EXTRA_CA_CERTS to the PEM file of its authority`;
  }
  return way.proxy === undefined ? plain : `${plain} (through the proxy ${way.proxy.host})`;
}

function plainHttp({ url, proxy }: Way): string {
  const whom = proxy?.protocol === 'https:' ? `the proxy ${proxy.host} or ${url.host}` : url.host;
  return `${whom} speaks plain http, not https: check the address and its port, or write http://`;
}

function refusedByProxy(status: number, { url, proxy }: Way): string {
  const said = `the proxy ${proxy?.host ?? ''} answered ${status} instead of connecting to ${url.host}`;
  return status === 407 ? `${said}: write HTTPS_PROXY as http://user:password@host:port` : said;
}

/** The status of a proxy's refusal. */
function proxyStatusOf(error: unknown): number | undefined {
  if (errorCode(error) !== 'ERR_PROXY_TUNNEL' || !(error instanceof Error) || !('statusCode' in error))
    return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function isPlainHttp(error: unknown): boolean {
  const code = errorCode(error);
  return code.startsWith('ERR_SSL_') && PLAIN_CODE.test(code);
}
