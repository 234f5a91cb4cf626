declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Draws a description of calls into a page. */
  const SwaggerUI: (options: Record<string, unknown>) => unknown;
  export default SwaggerUI;
}
