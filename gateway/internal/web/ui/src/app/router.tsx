import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { MorePage } from '@/pages/more/MorePage';
import { parseAddress, writeAddress } from './address';
import { NotFound } from './NotFound';
import { PageFault } from './PageFault';
import { innerPages, pages } from './pages';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageFault });

const more = createRoute({ getParentRoute: () => root, path: '/more', component: MorePage });

const listed = [...pages, ...innerPages].map((page) =>
  createRoute({ getParentRoute: () => root, path: page.path, component: lazyRouteComponent(page.load) }),
);

export const router = createRouter({
  routeTree: root.addChildren([more, ...listed]),
  parseSearch: parseAddress,
  stringifySearch: writeAddress,
  defaultPreload: 'intent',
  scrollRestoration: true,
});
