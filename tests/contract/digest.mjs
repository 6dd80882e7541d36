// From GitHub's OpenAPI description (73 MB) keeps what the tests hold requests against: for each path of a repository and each
// method the schema of the body and the names of the query's parameters.
import { readFileSync, writeFileSync } from "node:fs";

const source = new URL("node_modules/@octokit/openapi/generated/api.github.com.deref.json", import.meta.url);
const { paths } = JSON.parse(readFileSync(source, "utf8"));
const digest = {};
for (const [path, methods] of Object.entries(paths)) {
  if (!/^\/repos\/\{owner\}\/\{repo\}(\/|$)/.test(path)) continue;
  digest[path] = Object.fromEntries(
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => [
      method.toUpperCase(),
      {
        query: parameters.filter((parameter) => parameter.in === "query").map((parameter) => parameter.name),
        body: requestBody?.content?.["application/json"]?.schema ?? null,
      },
    ]),
  );
}
writeFileSync(new URL("node_modules/.github-paths.json", import.meta.url), JSON.stringify(digest));
console.log(`${Object.keys(digest).length} paths of a repository`);
