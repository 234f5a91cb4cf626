import type { components } from './schema';

type Schemas = components['schemas'];

/** The API's own types, under the names of the vocabulary. */
export type Account = Schemas['Account'];
export type AccountLimits = Schemas['AccountLimits'];
export type Attempt = Schemas['Attempt'];
export type Balance = Schemas['Balance'];
export type CashAddress = Schemas['CashAddress'];
export type Checked = Schemas['Checked'];
export type Decision = Schemas['Decision'];
export type Event = Schemas['Event'];
export type EventDetail = Schemas['EventDetail'];
export type Finding = Schemas['Finding'];
export type Imported = Schemas['Imported'];
export type LiveItem = Schemas['LiveItem'];
export type Message = Schemas['Message'];
export type MessageDetail = Schemas['MessageDetail'];
export type NotificationPage = Schemas['NotificationPage'];
export type NotificationSettings = Schemas['NotificationSettings'];
export type Order = Schemas['Order'];
export type OrderDetail = Schemas['OrderDetail'];
export type Preview = Schemas['Preview'];
export type Provider = Schemas['Provider'];
export type Step = Schemas['Step'];
export type TestResult = Schemas['TestResult'];
export type Today = Schemas['Today'];
export type Trial = Schemas['Trial'];
export type WizardState = Schemas['WizardState'];
