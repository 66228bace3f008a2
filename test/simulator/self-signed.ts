import { generateKeyPairSync, sign } from 'node:crypto';

const ECDSA_WITH_SHA256 = tlv(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const TRUE = tlv(0x01, Buffer.from([0xff]));

/** A key and a certificate for 127.0.0.1 and localhost that signs itself, in PEM; made afresh, so that no key lies in the repository. */
export function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = tlv(0x30, tlv(0x31, tlv(0x30, COMMON_NAME, tlv(0x0c, Buffer.from('localhost')))));
  const validity = tlv(0x30, utcTime('200101000000Z'), utcTime('491231235959Z'));
  const body = tlv(
    0x30,
    tlv(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, tlv(0x30, basicConstraints(), alternativeNames())),
  );
  const signature = sign('sha256', body, privateKey);
  const der = tlv(0x30, body, ECDSA_WITH_SHA256, tlv(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function basicConstraints(): Buffer {
  return tlv(0x30, BASIC_CONSTRAINTS, TRUE, tlv(0x04, tlv(0x30, TRUE)));
}

function alternativeNames(): Buffer {
  const names = tlv(0x30, tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  return tlv(0x30, SUBJECT_ALT_NAME, tlv(0x04, names));
}

function integer(value: number): Buffer {
  return tlv(0x02, Buffer.from([value]));
}

function utcTime(time: string): Buffer {
  return tlv(0x17, Buffer.from(time));
}

/** Tag, length, value: DER's only construction. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const size = value.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
