import type { Plugin } from 'rolldown';

/**
 * The SDK brings SHA-1, SHA-256 and MD5 along in JavaScript for a Node without `crypto`, which Lambda does not have: 6 kB in each
 * bundle.
 */
export const withoutJsHashes: Plugin = {
  name: 'without-js-hashes',
  transform: {
    filter: { id: /[\\/](Sha1|Sha256|Md5)Js\.js$/ },
    handler: (_, id) => {
      const name = /(\w+)\.js$/.exec(id)?.[1];
      const code = `export class ${name} { constructor() { throw new Error('this Node has no crypto'); } }`;
      return { code, map: null };
    },
  },
};
