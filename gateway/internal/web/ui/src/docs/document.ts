/** A value as OpenAPI describes it, as far as this page shows it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  default?: unknown;
  readOnly?: boolean;
  writeOnly?: boolean;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

/** One call of the API. */
export interface Call {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  body?: Schema;
  answers: { status: string; description: string; schema?: Schema; kind: string }[];
}

export interface ApiDocument {
  description: string;
  version: string;
  calls: Call[];
  schemas: Record<string, Schema>;
}

type Content = Record<string, { schema?: Schema }> | undefined;

interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}

interface OpenApi {
  info: { description?: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

const methods = ['get', 'post', 'put', 'delete'];

/** Takes from an OpenAPI document what this page shows. */
export function readDocument(from: OpenApi): ApiDocument {
  const calls = Object.entries(from.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => callOf(path, method, item[method] as Operation)),
  );
  return {
    description: from.info.description ?? '',
    version: from.info.version,
    calls,
    schemas: from.components?.schemas ?? {},
  };
}

function callOf(path: string, method: string, from: Operation): Call {
  return {
    id: from.operationId,
    method: method.toUpperCase(),
    path,
    tag: from.tags?.[0] ?? '',
    summary: from.summary ?? '',
    description: from.description ?? '',
    parameters: from.parameters ?? [],
    body: Object.values(from.requestBody?.content ?? {})[0]?.schema,
    answers: Object.entries(from.responses ?? {}).map(([status, answer]) => {
      const [kind, content] = Object.entries(answer.content ?? {})[0] ?? ['', {}];
      return { status, description: answer.description ?? '', schema: content.schema, kind };
    }),
  };
}

const nameOf = (schema: Schema) => schema.$ref?.split('/').at(-1) ?? '';

/** What a schema stands for: its own or that which it refers to. */
export function resolved(schema: Schema, schemas: Record<string, Schema>): Schema {
  return schema.$ref ? (schemas[nameOf(schema)] ?? {}) : schema;
}

/** The type in a word or two: string, Message[], ru | en. */
export function typeOf(schema: Schema): string {
  if (schema.$ref) return nameOf(schema);
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.items) return `${typeOf(schema.items)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.filter((one) => one !== 'null').join(' | ') : schema.type;
  if (type === 'object' && typeof schema.additionalProperties === 'object')
    return `{…: ${typeOf(schema.additionalProperties)}}`;
  return [type, schema.format].filter(Boolean).join(' ');
}

/** The part of a schema that has fields: of a list its items, of a table its values. */
export function inner(schema: Schema, schemas: Record<string, Schema>): Schema {
  const real = resolved(schema, schemas);
  if (real.items) return inner(real.items, schemas);
  if (typeof real.additionalProperties === 'object') return inner(real.additionalProperties, schemas);
  return real;
}

/** A body that has all that is needed, to begin with. */
export function example(schema: Schema, schemas: Record<string, Schema>, depth = 0): unknown {
  const real = resolved(schema, schemas);
  if (real.default !== undefined) return real.default;
  if (real.enum) return real.enum[0];
  if (real.items) return [];
  const type = Array.isArray(real.type) ? real.type[0] : real.type;
  switch (type) {
    case 'object':
      if (depth > 4) return {};
      return Object.fromEntries(
        Object.entries(real.properties ?? {})
          .filter(([name, one]) => real.required?.includes(name) && !one.readOnly)
          .map(([name, one]) => [name, example(one, schemas, depth + 1)]),
      );
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    default:
      return '';
  }
}
