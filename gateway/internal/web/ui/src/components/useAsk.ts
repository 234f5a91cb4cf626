import { useSyncExternalStore } from 'react';
import type { Ask } from '@/api/ask';

/** Whether somebody waits for the person at the screen. */
export const useAsk = (ask: Ask) => useSyncExternalStore(ask.subscribe, ask.pending);
