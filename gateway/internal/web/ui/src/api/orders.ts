import { useMutation, useQuery } from '@tanstack/react-query';
import { language } from '@/i18n/language';
import { api, gateway, given } from './client';
import { pageSize, useList } from './lists';
import type { Order } from './types';

/** What the address of the list may hold. */
export interface OrderFilters {
  number?: string;
  restaurant?: string;
  stage?: string;
  open?: 'yes' | 'no';
  texted?: 'yes' | 'no';
}

export function useOrders({ number, ...filters }: OrderFilters) {
  return useList<Order>('orders', { ...filters, number }, (after, signal) =>
    given(api.GET('/api/v1/orders', { params: { query: { ...filters, q: number, after, limit: pageSize } }, signal })),
  );
}

export function useOrder(ref: string) {
  return useQuery({
    queryKey: ['order', ref, language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/orders/{ref}/timeline', { params: { path: { ref } }, signal })),
    refetchInterval: 5000,
  });
}

/** What the rules would decide about an order now; nothing is sent. */
export function useTryOrder(ref: string) {
  return useMutation({
    mutationFn: async () => (await given(api.POST('/api/v1/orders/{ref}/try', { params: { path: { ref } } }))) ?? [],
  });
}

/** Binds a guest's phone to an order, with the consent that the guest gave to the staff. */
export function useBindPhone() {
  return useMutation({
    mutationFn: (binding: {
      order: { guid?: string; visit?: string; order_ident?: string };
      phone: string;
      restaurant_code: string;
    }) =>
      gateway(
        new Request(new URL('/api/v1/contacts', window.location.origin), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ ...binding, consent: { given: true, purpose: 'order-ready', source: 'staff' } }),
        }),
      ),
  });
}
