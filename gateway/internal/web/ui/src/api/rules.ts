import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { language } from '@/i18n/language';
import { api, given, queries } from './client';
import type { RuleDraft, RuleTest } from './types';

export const rulesQuery = () =>
  queryOptions({
    queryKey: ['rules', language()],
    queryFn: async ({ signal }) => (await given(api.GET('/api/v1/rules', { signal }))) ?? [],
    refetchInterval: 15_000,
  });

export const ruleQuery = (name: string) =>
  queryOptions({
    queryKey: ['rule', name, language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/rules/{name}', { params: { path: { name } }, signal })),
  });

export function useRuleVersions(name: string) {
  return useQuery({
    queryKey: ['rule', name, 'versions'],
    queryFn: async ({ signal }) =>
      (await given(api.GET('/api/v1/rules/{name}/versions', { params: { path: { name } }, signal }))) ?? [],
  });
}

/** A former version; it never changes. */
export function useRuleVersion(name: string, version: string) {
  return useQuery({
    queryKey: ['rule', name, 'version', version],
    queryFn: ({ signal }) =>
      given(api.GET('/api/v1/rules/{name}/versions/{version}', { params: { path: { name, version } }, signal })),
    enabled: version !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a draft would say if it were saved. Nothing is stored. */
export function useRuleCheck(draft: RuleDraft) {
  return useQuery({
    queryKey: ['rule-check', draft, language()],
    queryFn: ({ signal }) => given(api.POST('/api/v1/rules/check', { body: draft, signal })),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** Declarations of what rules see, for the editor. */
export const ruleTypesQuery = queryOptions({
  queryKey: ['rule-types'],
  queryFn: async () => (await given(api.GET('/api/v1/rules/types'))).types,
  staleTime: Number.POSITIVE_INFINITY,
});

export function useTestRules() {
  return useMutation({
    mutationFn: async (body: RuleTest) => (await given(api.POST('/api/v1/rules/test', { body }))) ?? [],
  });
}

/** What a draft would have changed over the last week; asked for when somebody wants to see it. */
export function useComparison(draft: RuleDraft, wanted: boolean) {
  return useQuery({
    queryKey: ['rule-compare', draft, language()],
    queryFn: ({ signal }) => given(api.POST('/api/v1/rules/compare', { body: { draft, days: 7 }, signal })),
    enabled: wanted,
  });
}

const renewed = () => Promise.all(['rules', 'rule'].map((key) => queries.invalidateQueries({ queryKey: [key] })));

/** Saves a file; base is the version that was edited, empty for a new one. */
export function useSaveRule() {
  return useMutation({
    mutationFn: ({ draft, base }: { draft: RuleDraft; base: string }) =>
      given(
        api.PUT('/api/v1/rules/{name}', {
          params: { path: { name: draft.name } },
          body: { source: draft.source, cases: draft.cases, base },
        }),
      ),
    onSuccess: async (saved) => {
      queries.setQueryData(ruleQuery(saved.name).queryKey, saved);
      await renewed();
    },
  });
}

export function useEnableRule() {
  return useMutation({
    mutationFn: ({ name, enabled }: { name: string; enabled: boolean }) =>
      given(api.POST('/api/v1/rules/{name}/enabled', { params: { path: { name } }, body: { enabled } })),
    onSettled: renewed,
  });
}

export function useRestoreRule() {
  return useMutation({
    mutationFn: ({ name, version }: { name: string; version: string }) =>
      given(api.POST('/api/v1/rules/{name}/restore', { params: { path: { name } }, body: { version } })),
    onSuccess: renewed,
  });
}

export function useDeleteRule() {
  return useMutation({
    mutationFn: (name: string) => given(api.DELETE('/api/v1/rules/{name}', { params: { path: { name } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  });
}
