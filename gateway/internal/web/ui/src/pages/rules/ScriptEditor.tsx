import { Box, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ruleTypesQuery } from '@/api/rules';
import type { RuleFault } from '@/api/types';
import { declareTypes, monaco } from './monaco';

const look = {
  automaticLayout: true,
  fontFamily: 'var(--mantine-font-family-monospace)',
  fontSize: 14,
  lineNumbersMinChars: 3,
  minimap: { enabled: false },
  padding: { top: 10, bottom: 10 },
  scrollBeyondLastLine: false,
  tabSize: 2,
  wordWrap: 'on' as const,
  fixedOverflowWidgets: true,
  // A plain text field underneath: the page's own keys know that somebody is typing.
  editContext: false,
  // Tab leaves the editor after Ctrl+M, as the accessibility help (Alt+F1) says.
  accessibilitySupport: 'auto' as const,
};

/** The theme of the editor follows the page's. */
function useEditorTheme() {
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    monaco.editor.setTheme(`orderbell-${scheme}`);
  }, [scheme]);
}

/** The editor of a script. Its faults are underlined where they are. */
export default function ScriptEditor({
  name,
  value,
  stamp,
  language,
  readOnly,
  faults,
  goTo,
  onChange,
}: {
  /** Of the file; another name is another undo history. */
  name: string;
  value: string;
  /** Changes when the value was replaced by somebody else than the one who types. */
  stamp: string;
  language: 'javascript' | 'plaintext';
  readOnly: boolean;
  faults: RuleFault[];
  /** Where to put the cursor; a new object each time that somebody asks. */
  goTo?: { line: number; column: number };
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const types = useQuery(ruleTypesQuery);
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(null);
  const said = useRef({ value, onChange });
  said.current = { value, onChange };
  useEditorTheme();

  useEffect(() => {
    if (types.data) declareTypes(types.data);
  }, [types.data]);

  useEffect(() => {
    if (!place.current) return;
    const model = monaco.editor.createModel(said.current.value, language, monaco.Uri.parse(`file:///rules/${name}`));
    const made = monaco.editor.create(place.current, { ...look, model, ariaLabel: t('rules.script') });
    editor.current = made;
    model.onDidChangeContent(() => said.current.onChange(model.getValue()));
    return () => {
      made.dispose();
      model.dispose();
      editor.current = null;
    };
  }, [name, language, t]);

  // What is typed comes back as the value a moment later: only another stamp may replace the text.
  useEffect(() => {
    const model = editor.current?.getModel();
    if (model && stamp && model.getValue() !== said.current.value) model.setValue(said.current.value);
  }, [stamp]);

  useEffect(() => {
    editor.current?.updateOptions({ readOnly });
  }, [readOnly]);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (model) monaco.editor.setModelMarkers(model, 'orderbell', faults.map(markerOf));
  }, [faults]);

  useEffect(() => {
    if (!goTo || !editor.current) return;
    const at = { lineNumber: goTo.line, column: Math.max(goTo.column, 1) };
    editor.current.revealPositionInCenter(at);
    editor.current.setPosition(at);
    editor.current.focus();
  }, [goTo]);

  return <Box ref={place} h="max(360px, calc(100vh - 400px))" />;
}

function markerOf(fault: RuleFault): monaco.editor.IMarkerData {
  const line = Math.max(fault.line, 1);
  const column = Math.max(fault.column, 1);
  return {
    severity: fault.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
    message: [fault.text, fault.cure].filter(Boolean).join(' '),
    startLineNumber: line,
    startColumn: column,
    endLineNumber: line,
    endColumn: fault.line === 0 ? Number.MAX_SAFE_INTEGER : column + 1,
  };
}

/** Two versions beside each other. */
export function ScriptDifference({ before, after, label }: { before: string; after: string; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEditorTheme();
  useEffect(() => {
    if (!place.current) return;
    const original = monaco.editor.createModel(before, 'javascript');
    const modified = monaco.editor.createModel(after, 'javascript');
    const made = monaco.editor.createDiffEditor(place.current, {
      ...look,
      readOnly: true,
      originalAriaLabel: label,
      modifiedAriaLabel: label,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
    });
    made.setModel({ original, modified });
    return () => {
      made.dispose();
      original.dispose();
      modified.dispose();
    };
  }, [before, after, label]);
  return <Box ref={place} h="60vh" />;
}
