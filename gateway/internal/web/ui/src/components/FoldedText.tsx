import { Code } from '@mantine/core';

/** A long text of somebody else's, as it came, that is shown when it is asked for. */
export function FoldedText({ title, text }: { title: string; text: string }) {
  return (
    <details className="ob-folded">
      <summary>{title}</summary>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
    </details>
  );
}
