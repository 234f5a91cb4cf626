import postcss from 'postcss';
import { build, type InlineConfig, type Plugin } from 'vite';

/** A class of Mantine's own stylesheets, as its components name it. */
const ownClass = /\.(m_[0-9a-f]{6,8})(?![0-9a-z_-])/g;

/** Builds the page once, in memory, and lists the classes that its scripts name. */
async function namedClasses(config: InlineConfig): Promise<Set<string>> {
  const built = await build({
    ...config,
    configFile: false,
    logLevel: 'error',
    build: { ...config.build, write: false },
  });
  const named = new Set<string>();
  for (const { output } of [built].flat() as { output: { type: string; code?: string }[] }[]) {
    for (const file of output) {
      for (const [name] of (file.code ?? '').matchAll(/m_[0-9a-f]{6,8}/g)) named.add(name);
    }
  }
  return named;
}

/**
 * Mantine ships one stylesheet for all its components. This drops the rules of components that are in
 * no script: a rule goes when each of its selectors needs a class that no script names. It happens
 * before names are hashed, so that a changed stylesheet has a changed name.
 */
export function unusedStyles(config: InlineConfig): Plugin {
  let named = new Set<string>();
  const dead = (selector: string) => [...selector.matchAll(ownClass)].some(([, name]) => !named.has(name as string));
  return {
    name: 'orderbell-unused-styles',
    apply: 'build',
    enforce: 'pre',
    async buildStart() {
      named = await namedClasses(config);
    },
    transform(code, id) {
      if (!/@mantine\/[a-z]+\/styles\.css$/.test(id)) return undefined;
      const sheet = postcss.parse(code);
      sheet.walkRules((rule) => {
        const alive = rule.selectors.filter((selector) => !dead(selector));
        if (alive.length === 0) rule.remove();
        else if (alive.length < rule.selectors.length) rule.selectors = alive;
      });
      return { code: sheet.toString(), map: null };
    },
  };
}
