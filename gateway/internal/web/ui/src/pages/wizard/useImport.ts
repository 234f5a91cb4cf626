import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, given, queries } from '@/api/client';
import { named, restaurantsQuery, unnamedRestaurant } from '@/api/restaurants';
import type { Imported } from '@/api/types';

/**
 * The settings of the old module: read, shown, then kept. What was kept is not kept again when the rest
 * is refused and tried once more.
 */
export function useImport() {
  const [kept, setKept] = useState(false);
  const read = useMutation({
    mutationFn: (text: string) => given(api.POST('/api/v1/settings/import', { body: { text } })),
    onSuccess: () => setKept(false),
  });
  const name = read.data?.restaurant_name ?? '';
  const restaurants = useQuery({ ...restaurantsQuery, enabled: name !== '' });
  const code = restaurants.data && name !== '' ? unnamedRestaurant(restaurants.data) : null;
  const keep = useMutation({
    mutationFn: async (found: Imported) => {
      if (found.notifications && !kept) {
        const body = { settings: found.notifications, revision: found.notifications_revision };
        await given(api.PUT('/api/v1/settings/notifications', { body }));
        setKept(true);
      }
      const page = restaurants.data;
      if (name !== '' && page && code !== null) {
        const body = { restaurants: named(page, code, name), revision: page.revision };
        await given(api.PUT('/api/v1/settings/restaurants', { body }));
      }
    },
    onSettled: () => queries.invalidateQueries(),
  });
  /** Which restaurant gets the name; null: it cannot be told. */
  const restaurant = name === '' ? undefined : code;
  const saves = Boolean(read.data?.notifications) || (name !== '' && code !== null);
  const reset = () => {
    read.reset();
    keep.reset();
  };
  return { read, keep, name, restaurant, waiting: restaurants.isLoading, saves, reset };
}
