// Extracts from the OpenAPI descriptions of GitHub (73 MB) and Forgejo what the tests validate requests with: the
// schema of the body and the names of the query parameters, for each method of each repository path and of `/user`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const modules = new URL("node_modules/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, modules), "utf8"));

function write(name, { paths }, body) {
  const digest = {};
  for (const [path, methods] of Object.entries(paths)) {
    if (path !== "/user" && !/^\/repos\/\{owner\}\/\{repo\}(\/|$)/.test(path)) continue;
    digest[path] = Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method.toUpperCase(),
        {
          query: (operation.parameters ?? []).filter((parameter) => parameter.in === "query").map((parameter) => parameter.name),
          body: body(operation),
        },
      ]),
    );
  }
  writeFileSync(new URL(name, modules), JSON.stringify(digest));
  console.log(`${name}: ${Object.keys(digest).length} paths`);
}

const github = read("@octokit/openapi/generated/api.github.com.deref.json");
write(".github-paths.json", github, ({ requestBody }) => requestBody?.content?.["application/json"]?.schema ?? null);

// The crate forgejo-api contains Forgejo's description as Swagger 2.0, where bodies are parameters.
if (existsSync(new URL("swagger.v1.json", modules))) {
  const forgejo = read("swagger.v1.json");
  write(".forgejo-paths.json", forgejo, ({ parameters = [] }) => {
    const schema = parameters.find((parameter) => parameter.in === "body")?.schema;
    return schema ? { ...schema, definitions: forgejo.definitions } : null;
  });
}
