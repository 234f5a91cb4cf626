import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/page.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/client';
import { sessionQuery } from './api/session';
import { Gate } from './app/Gate';
import { Painted } from './app/Painted';
import { pages } from './app/pages';
import { router } from './app/router';
import { startLanguage, wantedLanguage } from './i18n/language';

// Not needed for the first view.
const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

/** Asks for what the first view will need while the texts are still on their way. */
function askAhead() {
  void queries.prefetchQuery(sessionQuery);
  void pages.find((page) => page.path === window.location.pathname)?.load();
}

async function start() {
  askAhead();
  await startLanguage(wantedLanguage());
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Painted>
        <Suspense>
          <Notifications position="top-right" />
        </Suspense>
        <QueryClientProvider client={queries}>
          <Gate>
            <RouterProvider router={router} />
          </Gate>
        </QueryClientProvider>
      </Painted>
    </StrictMode>,
  );
}

void start();
