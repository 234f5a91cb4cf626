// The page /docs: the calls of this gateway, to be read and tried. All of it comes from the gateway.
import 'swagger-ui-dist/swagger-ui.css';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';

SwaggerUI({
  dom_id: '#docs',
  url: '/openapi.json',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // Without this it asks a service elsewhere whether the document is valid.
  validatorUrl: null,
});
