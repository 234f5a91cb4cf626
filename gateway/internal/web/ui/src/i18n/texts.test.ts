import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import en from './en.json';
import ru from './ru.json';

const src = join(__dirname, '..');

function sources(): { name: string; text: string }[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|schema\.d\.ts|^testing/.test(name))
    .map((name) => ({ name, text: readFileSync(join(src, name), 'utf8') }));
}

const plain = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '');
const keys = (texts: object) => [...new Set(Object.keys(texts).map(plain))].sort();

/** Keys that are put together from a fixed beginning and something the gateway says. */
const made = sources().flatMap(({ text }) =>
  [...text.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*\.)\$\{/g)].map(([, start]) => start as string),
);

describe('the texts', () => {
  it('say the same things in both languages', () => {
    expect(keys(en)).toEqual(keys(ru));
  });

  it('are all used', () => {
    const all = sources()
      .map(({ text }) => text)
      .join('\n');
    const unused = keys(ru).filter((key) => !all.includes(`'${key}'`) && !made.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it('have every plural form that their language needs', () => {
    for (const [texts, forms] of [
      [ru, ['one', 'few', 'many', 'other']],
      [en, ['one', 'other']],
    ] as const) {
      const plural = Object.keys(texts)
        .filter((key) => key.endsWith('_other'))
        .map(plain);
      for (const key of plural)
        expect(forms.filter((form) => !(`${key}_${form}` in texts)).map((form) => `${key}_${form}`)).toEqual([]);
    }
  });

  it('name the same values in both languages', () => {
    const names = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
    const english = en as Record<string, string>;
    const differing = Object.entries(ru).filter(
      ([key, text]) => english[key] !== undefined && names(text).join() !== names(english[key]).join(),
    );
    expect(differing).toEqual([]);
  });

  it('are not hidden in components', () => {
    expect(
      sources()
        .filter(({ name }) => name.endsWith('.tsx'))
        .flatMap(hardCoded),
    ).toEqual([]);
  });
});

/** Attributes that people read. */
const read = new Set(['label', 'title', 'placeholder', 'description', 'aria-label', 'alt', 'legend', 'lead', 'error']);
/** Names of things, which are the same in every language. */
const names = /^(Orderbell|orderbell [a-z -]+|RU|EN|SMS|№|\/|·|…|https?:\/\/\S+)$/;

function hardCoded({ name, text }: { name: string; text: string }): string[] {
  const found: string[] = [];
  const check = (said: string) => {
    const words = said.trim();
    if (/\p{L}{2,}/u.test(words) && !names.test(words)) found.push(`${name}: ${words}`);
  };
  const visit = (node: ts.Node) => {
    if (ts.isJsxText(node)) check(node.text);
    if (
      ts.isJsxAttribute(node) &&
      node.initializer &&
      ts.isStringLiteral(node.initializer) &&
      read.has(node.name.getText())
    ) {
      check(node.initializer.text);
    }
    if (ts.isStringLiteralLike(node) && /[а-яё]/i.test(node.text)) check(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}
