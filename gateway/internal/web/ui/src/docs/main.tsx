// The page /docs: the calls of this gateway.
import '@mantine/core/styles.css';
import '../app/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Painted } from '../app/Painted';
import { startLanguage, wantedLanguage } from '../i18n/language';
import { DocsPage } from './DocsPage';

async function start() {
  await startLanguage(wantedLanguage());
  const root = document.getElementById('docs');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Painted>
        <DocsPage />
      </Painted>
    </StrictMode>,
  );
}

void start();
