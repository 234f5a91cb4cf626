import { Box, Code } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ComponentProps, lazy, Suspense } from 'react';
import { Loading } from '@/components/Loading';
import { narrowScreen } from '@/components/narrowScreen';

const ScriptEditor = lazy(() => import('./ScriptEditor'));

/** Whether there is room, and a pointer, for the editor: its makers do not support phones. */
export function useEditable(): boolean {
  const narrow = useMediaQuery(narrowScreen, false, { getInitialValueInEffect: false });
  const coarse = useMediaQuery('(pointer: coarse)', false, { getInitialValueInEffect: false });
  return !narrow && !coarse;
}

/** A script: in the editor where there is room for it, else to be read. The editor is fetched when it is needed. */
export function ScriptView(props: ComponentProps<typeof ScriptEditor>) {
  if (!useEditable()) {
    return (
      <Code block tabIndex={0} mah="60vh" style={{ overflow: 'auto' }}>
        {props.value}
      </Code>
    );
  }
  return (
    <Box style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 8, overflow: 'hidden' }}>
      <Suspense fallback={<Loading />}>
        <ScriptEditor {...props} />
      </Suspense>
    </Box>
  );
}
