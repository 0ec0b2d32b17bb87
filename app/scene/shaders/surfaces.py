"""Shaders of meshes, lines and slices: lighting, fog, and the variants for opaque, transparent and picking passes.

The opaque pass writes colour to rgb and the distance from the camera plane (Å) to alpha of a float target: occlusion,
silhouettes and fog are computed from it afterwards. The transparent pass writes the fogged colour packed into one
number, its opacity and its distance: that layer is kept, and laid over whatever lies behind it.
"""

# In perspective the eye's rays meet in the origin; orthographically they are parallel to z.
EYE = """
uniform float u_orthographic;  // 0 or 1

vec3 ray_to(vec3 position) {
    return normalize(mix(position, vec3(0.0, 0.0, -1.0), u_orthographic));
}
"""

LIGHTING = """
const vec3 KEY_LIGHT = vec3(-0.36, 0.48, 0.80);
const vec3 FILL_LIGHT = vec3(0.62, 0.05, 0.78);

vec3 lit(vec3 base, vec3 normal, vec3 to_eye, float gloss) {
    float key = max(dot(normal, KEY_LIGHT), 0.0);
    float fill = max(dot(normal, FILL_LIGHT), 0.0);
    float sky = 0.5 + 0.5 * normal.y;
    vec3 halfway = normalize(KEY_LIGHT + to_eye);
    float shine = pow(max(dot(normal, halfway), 0.0), 48.0);
    return base * (0.26 + 0.10 * sky + 0.64 * key + 0.18 * fill) + vec3(gloss * shine);
}
"""

FOG = """
uniform vec3 u_background;
uniform vec3 u_fog;  // begins at x, complete at y (angstrom from the camera plane), strength z

vec3 fogged(vec3 colour, float depth) {
    return mix(colour, u_background, u_fog.z * smoothstep(u_fog.x, u_fog.y, depth));
}
"""

MESH_VERTEX = """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
uniform vec4 u_tint;  // rgb, and 1 where it replaces the vertex's colour
attribute vec3 a_position;
attribute vec3 a_normal;
attribute vec4 a_colour;  // alpha 1: the tint may replace it
varying vec3 v_position;
varying vec3 v_normal;
varying vec3 v_colour;

void main() {
    vec4 view = u_view_from_model * vec4(a_position, 1.0);
    v_position = view.xyz;
    v_normal = (u_view_from_model * vec4(a_normal, 0.0)).xyz;
    v_colour = mix(a_colour.rgb, u_tint.rgb, u_tint.a * a_colour.a);
    gl_Position = u_clip_from_view * view;
}
"""

BOTH_SIDES = """
varying vec3 v_position;
varying vec3 v_normal;
varying vec3 v_colour;

vec3 lit_on_both_sides(float gloss) {
    vec3 to_eye = -ray_to(v_position);
    vec3 normal = normalize(v_normal);
    normal *= sign(dot(normal, to_eye) + 1e-6);
    return lit(v_colour, normal, to_eye, gloss);
}
"""

MESH_OPAQUE = (
    EYE
    + LIGHTING
    + BOTH_SIDES
    + """
void main() {
    gl_FragColor = vec4(lit_on_both_sides(0.22), -v_position.z);
}
"""
)

LAYER = """
vec4 layer(vec3 colour, float alpha, float depth) {
    vec3 bytes = floor(clamp(colour, 0.0, 1.0) * 255.0 + 0.5);
    return vec4(bytes.r * 65536.0 + bytes.g * 256.0 + bytes.b, alpha, depth, 1.0);
}
"""

MESH_TRANSPARENT = (
    EYE
    + LIGHTING
    + FOG
    + LAYER
    + """
uniform float u_opacity;
varying vec3 v_position;
varying vec3 v_normal;
varying vec3 v_colour;

void main() {
    vec3 to_eye = -ray_to(v_position);
    vec3 normal = normalize(v_normal);
    float facing = dot(normal, to_eye);
    float rim = pow(1.0 - abs(facing), 2.5);
    vec3 base = facing < 0.0 ? v_colour * 0.62 : v_colour;
    normal *= sign(facing + 1e-6);
    vec3 contrast = vec3(1.0) - u_background;  // the rim darkens on light ground and shines on dark
    vec3 colour = mix(lit(base, normal, to_eye, 0.15), contrast, 0.42 * rim);
    float alpha = mix(u_opacity, min(1.0, u_opacity + 0.45), rim);
    gl_FragColor = layer(fogged(colour, -v_position.z), alpha, -v_position.z);
}
"""
)

# Handles are in front of everything: their layer says that they touch the camera's plane. Among themselves they are
# sorted by how far they are from their centre, whatever the clip planes are.
HANDLES_VERTEX = """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
uniform vec2 u_room;  // depth of the centre, and how far the handles reach from it (angstrom)
attribute vec3 a_position;
attribute vec3 a_normal;
attribute vec4 a_colour;
varying vec3 v_position;
varying vec3 v_normal;
varying vec3 v_colour;

void main() {
    vec4 view = u_view_from_model * vec4(a_position, 1.0);
    v_position = view.xyz;
    v_normal = (u_view_from_model * vec4(a_normal, 0.0)).xyz;
    v_colour = a_colour.rgb;
    gl_Position = u_clip_from_view * view;
    gl_Position.z = clamp((-view.z - u_room.x) / (1.5 * u_room.y), -0.99, 0.99) * gl_Position.w;
}
"""

HANDLES_FRAGMENT = (
    EYE
    + LIGHTING
    + BOTH_SIDES
    + LAYER
    + """
void main() {
    gl_FragColor = layer(lit_on_both_sides(0.3), 1.0, 0.0);
}
"""
)

BARE_VERTEX = """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
attribute vec3 a_position;
varying vec3 v_position;

void main() {
    vec4 view = u_view_from_model * vec4(a_position, 1.0);
    v_position = view.xyz;
    gl_Position = u_clip_from_view * view;
}
"""

IDENTITY_FRAGMENT = """
uniform vec4 u_identity;
varying vec3 v_position;

void main() {
    gl_FragColor = vec4(u_identity.rgb, -v_position.z);
}
"""

# Lines have no inside: both faces are lit alike, and alpha is the vertex's own.
LINE_VERTEX = """
uniform vec3 u_background;
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
uniform vec4 u_tint;
attribute vec3 a_position;
attribute vec4 a_colour;
varying vec3 v_position;
varying vec4 v_colour;

void main() {
    vec4 view = u_view_from_model * vec4(a_position, 1.0);
    v_position = view.xyz;
    vec3 strong = mix(u_tint.rgb, vec3(1.0) - u_background, 0.3);  // a surface's colour is too pale for lines
    v_colour = vec4(mix(a_colour.rgb, strong, u_tint.a), a_colour.a);
    gl_Position = u_clip_from_view * view;
}
"""

LINE_FRAGMENT = (
    FOG
    + LAYER
    + """
uniform float u_opacity;
varying vec3 v_position;
varying vec4 v_colour;

void main() {
    gl_FragColor = layer(fogged(v_colour.rgb, -v_position.z), u_opacity * v_colour.a, -v_position.z);
}
"""
)

SLICE_VERTEX = """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
attribute vec3 a_position;
attribute vec2 a_place;
varying vec3 v_position;
varying vec2 v_place;

void main() {
    vec4 view = u_view_from_model * vec4(a_position, 1.0);
    v_position = view.xyz;
    v_place = a_place;
    gl_Position = u_clip_from_view * view;
}
"""

SLICE_FRAGMENT = """
uniform sampler2D u_density;
uniform vec3 u_background;
varying vec3 v_position;
varying vec2 v_place;

void main() {  // no density is like the background: only what is there stands out, on light and on dark ground
    float density = texture2D(u_density, v_place).r;
    gl_FragColor = vec4(mix(u_background, vec3(1.0) - u_background, density), -v_position.z);
}
"""
