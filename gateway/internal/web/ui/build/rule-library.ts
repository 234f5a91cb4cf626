import type { Plugin } from 'vite';

/** What a rule is run by knows ECMAScript up to 2017; `lib` of src/pages/rules/monaco.ts says the same. */
const known = /^libFileMap\["lib\.(es5|es201[567](\.(?!full)[a-z.]+)?|decorators(\.legacy)?)\.d\.ts"\]/;

/**
 * The editor's language service carries descriptions of everything that a browser has: a third of a megabyte that no
 * rule may use. This leaves in those of the language itself.
 */
export function ruleLibrary(): Plugin {
  return {
    name: 'orderbell-rule-library',
    apply: 'build',
    transform(code, id) {
      if (!/typescript\/lib\/lib\.js$/.test(id)) return undefined;
      const parts = code.split(/^(?=libFileMap\[|export )/m);
      const left = parts.filter((part) => !part.startsWith('libFileMap[') || known.test(part));
      if (left.length < 20)
        this.error(`${id} holds ${left.length} of the parts that rules need: has its form changed?`);
      return { code: left.join(''), map: null };
    },
  };
}
