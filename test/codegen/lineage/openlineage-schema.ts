/** The requirements of OpenLineage 2-0-2 and its facets for the events we emit; stricter: nothing else is allowed. */
const producer = { type: "string", format: "uri" };

function facet(version: string, name: string, properties: object, required: readonly string[]): object {
  return {
    type: "object",
    properties: {
      _producer: producer,
      _schemaURL: { const: `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}` },
      ...properties,
    },
    required: ["_producer", "_schemaURL", ...required],
    additionalProperties: false,
  };
}

const text = { type: "string", minLength: 1 };

const inputFields = {
  type: "array",
  items: {
    type: "object",
    properties: {
      namespace: text,
      name: text,
      field: text,
      transformations: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          properties: {
            type: { enum: ["DIRECT", "INDIRECT"] },
            subtype: {
              enum: ["IDENTITY", "TRANSFORMATION", "AGGREGATION"].concat([
                "JOIN",
                "GROUP_BY",
                "FILTER",
                "SORT",
                "WINDOW",
                "CONDITIONAL",
              ]),
            },
            masking: { type: "boolean" },
          },
          required: ["type", "subtype"],
          additionalProperties: false,
          if: { properties: { type: { const: "DIRECT" } } },
          // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
          then: { required: ["masking"] },
          else: { properties: { masking: false } },
        },
      },
    },
    required: ["namespace", "name", "field", "transformations"],
    additionalProperties: false,
  },
};

const datasetFacets = {
  schema: facet(
    "1-2-0",
    "SchemaDatasetFacet",
    {
      fields: {
        type: "array",
        items: {
          type: "object",
          properties: { name: text, type: text, description: text, ordinal_position: { type: "integer", minimum: 1 } },
          required: ["name", "type", "ordinal_position"],
          additionalProperties: false,
        },
      },
    },
    ["fields"],
  ),
  documentation: facet(
    "1-1-0",
    "DocumentationDatasetFacet",
    { description: text, contentType: { const: "text/markdown" } },
    ["description"],
  ),
  tags: facet(
    "1-0-0",
    "TagsDatasetFacet",
    {
      tags: {
        type: "array",
        items: {
          type: "object",
          properties: { key: text, value: { type: "string" }, source: text, field: text },
          required: ["key", "value"],
          additionalProperties: false,
        },
      },
    },
    ["tags"],
  ),
  storage: facet(
    "1-0-1",
    "StorageDatasetFacet",
    { storageLayer: { const: "delta" }, fileFormat: { const: "parquet" } },
    ["storageLayer"],
  ),
  columnLineage: facet(
    "1-2-0",
    "ColumnLineageDatasetFacet",
    {
      fields: {
        type: "object",
        additionalProperties: {
          type: "object",
          properties: { inputFields },
          required: ["inputFields"],
          additionalProperties: false,
        },
      },
      dataset: inputFields,
    },
    ["fields"],
  ),
};

const dataset = {
  type: "object",
  properties: {
    namespace: text,
    name: text,
    facets: { type: "object", properties: datasetFacets, additionalProperties: false },
  },
  required: ["namespace", "name"],
  additionalProperties: false,
};

export const jobEvents = {
  type: "array",
  items: {
    type: "object",
    properties: {
      eventTime: { type: "string", format: "date-time" },
      producer,
      schemaURL: { const: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent" },
      job: {
        type: "object",
        properties: {
          namespace: text,
          name: text,
          facets: {
            type: "object",
            properties: {
              jobType: facet(
                "2-0-4",
                "JobTypeJobFacet",
                { processingType: { const: "BATCH" }, integration: text, jobType: text },
                ["processingType", "integration"],
              ),
              documentation: facet(
                "1-1-0",
                "DocumentationJobFacet",
                { description: text, contentType: { const: "text/markdown" } },
                ["description"],
              ),
            },
            additionalProperties: false,
          },
        },
        required: ["namespace", "name"],
        additionalProperties: false,
      },
      inputs: { type: "array", items: dataset },
      outputs: { type: "array", items: dataset },
    },
    required: ["eventTime", "producer", "schemaURL", "job"],
    additionalProperties: false,
  },
};
