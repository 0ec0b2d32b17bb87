"""Shaders of meshes and spheres: lighting, fog, and the variants for opaque, transparent and picking passes.

The opaque pass writes colour to rgb and the distance from the camera plane (Å) to alpha of a float target: occlusion,
silhouettes and fog are computed from it afterwards.
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

MESH_OPAQUE = (
    LIGHTING
    + """
varying vec3 v_position;
varying vec3 v_normal;
varying vec3 v_colour;

void main() {
    vec3 to_eye = normalize(-v_position);
    vec3 normal = normalize(v_normal);
    normal *= sign(dot(normal, to_eye) + 1e-6);
    gl_FragColor = vec4(lit(v_colour, normal, to_eye, 0.22), -v_position.z);
}
"""
)

MESH_TRANSPARENT = (
    LIGHTING
    + FOG
    + """
uniform float u_opacity;
varying vec3 v_position;
varying vec3 v_normal;
varying vec3 v_colour;

void main() {
    vec3 to_eye = normalize(-v_position);
    vec3 normal = normalize(v_normal);
    float facing = dot(normal, to_eye);
    float rim = pow(1.0 - abs(facing), 2.5);
    vec3 base = facing < 0.0 ? v_colour * 0.62 : v_colour;
    normal *= sign(facing + 1e-6);
    vec3 contrast = vec3(1.0) - u_background;  // the rim darkens on light ground and shines on dark
    vec3 colour = mix(lit(base, normal, to_eye, 0.15), contrast, 0.42 * rim);
    float alpha = mix(u_opacity, min(1.0, u_opacity + 0.45), rim);
    gl_FragColor = vec4(fogged(colour, -v_position.z), alpha);
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

SPHERE_VERTEX = """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
uniform vec4 u_tint;
attribute vec3 a_position;
attribute vec2 a_corner;
attribute float a_radius;
attribute vec4 a_colour;  // alpha 1: the tint may replace it
varying vec3 v_position;
varying vec3 v_centre;
varying float v_radius;
varying vec3 v_colour;

void main() {
    vec3 centre = (u_view_from_model * vec4(a_position, 1.0)).xyz;
    float away = length(centre);
    vec3 forward = centre / away;
    vec3 right = normalize(cross(forward, vec3(0.0, 1.0, 0.0)));
    vec3 up = cross(right, forward);
    // seen in perspective a ball covers a little more than its radius
    float reach = a_radius * away / sqrt(max(away * away - a_radius * a_radius, 1e-6));
    v_position = centre + reach * (a_corner.x * right + a_corner.y * up);
    v_centre = centre;
    v_radius = a_radius;
    v_colour = mix(a_colour.rgb, u_tint.rgb, u_tint.a * a_colour.a);
    gl_Position = u_clip_from_view * vec4(v_position, 1.0);
}
"""

SPHERE_HIT = """
uniform mat4 u_clip_from_view;
varying vec3 v_position;
varying vec3 v_centre;
varying float v_radius;
varying vec3 v_colour;

// The point where the eye's ray meets the ball; the fragment's depth is set to it.
vec3 sphere_hit() {
    vec3 ray = normalize(v_position);
    float along = dot(ray, v_centre);
    float room = along * along - dot(v_centre, v_centre) + v_radius * v_radius;
    if (room < 0.0) discard;
    vec3 hit = ray * (along - sqrt(room));
    vec4 clip = u_clip_from_view * vec4(hit, 1.0);
    gl_FragDepth = 0.5 * clip.z / clip.w + 0.5;
    return hit;
}
"""

SPHERE_OPAQUE = (
    LIGHTING
    + SPHERE_HIT
    + """
void main() {
    vec3 hit = sphere_hit();
    vec3 normal = (hit - v_centre) / v_radius;
    gl_FragColor = vec4(lit(v_colour, normal, normalize(-hit), 0.30), -hit.z);
}
"""
)

SPHERE_IDENTITY = (
    "uniform vec4 u_identity;\n"
    + SPHERE_HIT
    + """
void main() {
    vec3 hit = sphere_hit();
    gl_FragColor = vec4(u_identity.rgb, -hit.z);
}
"""
)
