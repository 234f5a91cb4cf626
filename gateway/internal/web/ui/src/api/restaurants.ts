import { queryOptions } from '@tanstack/react-query';
import { api, given } from './client';
import type { Restaurant, RestaurantPage } from './types';

export const restaurantsQuery = queryOptions({
  queryKey: ['restaurants'],
  queryFn: () => given(api.GET('/api/v1/settings/restaurants')),
});

/** A restaurant of which only the code is known. */
export const freshRestaurant = (code: string): Restaurant => ({
  code,
  name: '',
  timezone: 'Europe/Moscow',
  intake_key: { set: false },
  order_stage: 'least',
  order_number: 'orderName',
  declared: false,
});

/**
 * The code of the restaurant that a name without any code can only mean: the one that there is, while it
 * has no name, or any, while there is none. Null: it cannot be told.
 */
export function unnamedRestaurant(page: RestaurantPage): string | null {
  const [only, another] = page.restaurants;
  if (!only) return '*';
  return another || only.declared || only.name ? null : only.code;
}

/** Gives the restaurant a name, adding it where it is not in the list yet. */
export function named(page: RestaurantPage, code: string, name: string): Restaurant[] {
  const list = page.restaurants.some((one) => one.code === code)
    ? page.restaurants
    : [...page.restaurants, freshRestaurant(code)];
  return list.map((one) => (one.code === code ? { ...one, name } : one));
}
