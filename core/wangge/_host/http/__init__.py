"""GraphQL over HTTP: reads a request, runs its document, answers in the negotiated form."""
