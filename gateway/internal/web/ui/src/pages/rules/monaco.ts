import * as monaco from 'monaco-editor/editor/editor.api.js';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import 'monaco-editor/features/register.all.js';
import 'monaco-editor/languages/definitions/javascript/register.js';
import { javascriptDefaults, ScriptTarget } from 'monaco-editor/languages/features/typescript/register.js';
import TypesWorker from 'monaco-editor/languages/features/typescript/ts.worker.js?worker';

self.MonacoEnvironment = {
  getWorker: (_, label) => (label === 'javascript' || label === 'typescript' ? new TypesWorker() : new EditorWorker()),
};

// The paper and the inks of theme.ts; the editor's own dark theme has comments too faint to read.
const paper = { light: '#fffdf9', dark: '#1d1a17' };

monaco.editor.defineTheme('orderbell-light', {
  base: 'vs',
  inherit: true,
  rules: [
    { token: 'comment', foreground: '5b6b4a' },
    { token: 'string', foreground: '8a2f0a' },
    { token: 'number', foreground: '05513c' },
    { token: 'keyword', foreground: '4c2fa8' },
  ],
  colors: {
    'editor.background': paper.light,
    'editorLineNumber.foreground': '#70675d',
    'editorLineNumber.dimmedForeground': '#70675d',
  },
});
monaco.editor.defineTheme('orderbell-dark', {
  base: 'vs-dark',
  inherit: true,
  rules: [
    { token: 'comment', foreground: 'a3b78c' },
    { token: 'string', foreground: 'f0b48f' },
    { token: 'number', foreground: 'a8dcc0' },
    { token: 'keyword', foreground: 'c0b0ff' },
  ],
  colors: {
    'editor.background': paper.dark,
    'editorLineNumber.foreground': '#a0978c',
    'editorLineNumber.dimmedForeground': '#a0978c',
  },
});

// What a rule is run by: no browser, no clock, no promises. `fetch` must not be offered.
javascriptDefaults.setCompilerOptions({
  target: ScriptTarget.ES2017,
  lib: ['es2017'],
  checkJs: true,
  strict: true,
  allowNonTsExtensions: true,
});

/** Lets the editor know what rules see. */
export function declareTypes(declarations: string): void {
  javascriptDefaults.setExtraLibs([{ content: declarations, filePath: 'file:///orderbell.d.ts' }]);
}

export { monaco };
