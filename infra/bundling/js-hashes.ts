import type { Plugin } from 'rolldown';

/** The SDK's JavaScript hashes are for a Node without `crypto`: 6 kB a bundle that Lambda doesn't need. */
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
