/** The surface as a mesh of triangles in WebGL2, coloured as the heat map, its contour lines drawn by the shader. */
import { TABLE, shade } from "../core/colors.js";

const VERTEX = `#version 300 es
uniform mat4 camera; in vec4 vertex; out float shade; out vec3 where;
void main() { shade = vertex.w; where = vertex.xyz; gl_Position = camera * vec4(vertex.xyz, 1.0); }`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D colours; uniform float bands; in float shade; in vec3 where; out vec4 colour;
void main() {
  vec3 normal = normalize(cross(dFdx(where), dFdy(where)));
  float light = 0.78 + 0.22 * abs(normal.z);
  float band = shade * bands;
  float line = smoothstep(0.0, 1.2, abs(fract(band + 0.5) - 0.5) / max(fwidth(band), 1e-5));
  vec3 own = texture(colours, vec2(shade * 0.996 + 0.002, 0.5)).rgb * light;
  colour = vec4(mix(mix(own, vec3(1.0), 0.5), own, line), 1.0);
}`;

/** @returns {null | {element: HTMLCanvasElement, load: Function, draw: Function, dispose: Function}} null without WebGL2 */
export function createMesh(onLost) {
  const element = document.createElement("canvas");
  const gl = element.getContext("webgl2", { antialias: true });
  if (!gl) return null;
  const program = link(gl);
  if (!program) return null;
  const camera = gl.getUniformLocation(program, "camera");
  const bands = gl.getUniformLocation(program, "bands");
  const [vertices, triangles] = [gl.createBuffer(), gl.createBuffer()];
  let count = 0;
  let levels = 1;
  colourTexture(gl);
  element.addEventListener("webglcontextlost", (event) => {
    event.preventDefault();
    onLost();
  });

  function load(solution, box) {
    const mesh = meshOf(solution, box);
    count = mesh.triangles.length;
    levels = solution.levels.length - 1;
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices);
    gl.bufferData(gl.ARRAY_BUFFER, mesh.vertices, gl.STATIC_DRAW);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, triangles);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, mesh.triangles, gl.STATIC_DRAW);
  }

  function draw(width, height, matrix) {
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (element.width !== size[0] || element.height !== size[1]) [element.width, element.height] = size;
    gl.viewport(0, 0, ...size);
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.DEPTH_TEST);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(program);
    gl.uniformMatrix4fv(camera, false, matrix);
    gl.uniform1f(bands, levels);
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 4, gl.FLOAT, false, 0, 0);
    gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 0);
  }

  const dispose = () => gl.getExtension("WEBGL_lose_context")?.loseContext();
  return { element, load, draw, dispose };
}

function link(gl) {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.bindAttribLocation(program, 0, "vertex");
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

function colourTexture(gl) {
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(TABLE.buffer));
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.LINEAR);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
}

/** Vertices (x, y, z, colour) of the grid, and the triangles between those that are all finite. */
export function meshOf(solution, box) {
  const [across, up] = solution.surface.shape;
  const place = shade(solution.levels);
  const vertices = new Float32Array(across * up * 4);
  const triangles = [];
  const good = (at) => Number.isFinite(solution.surface[at]);
  for (let i = 0; i < across; i++) {
    for (let j = 0; j < up; j++) {
      const at = i * up + j;
      const value = solution.surface[at];
      vertices.set(
        [(2 * i) / (across - 1) - 1, (2 * j) / (up - 1) - 1, good(at) ? box.z(value) : 0, place(value)],
        4 * at,
      );
      if (i + 1 === across || j + 1 === up || !(good(at) && good(at + 1) && good(at + up) && good(at + up + 1)))
        continue;
      triangles.push(at, at + up, at + 1, at + 1, at + up, at + up + 1);
    }
  }
  return { vertices, triangles: Uint32Array.from(triangles) };
}
