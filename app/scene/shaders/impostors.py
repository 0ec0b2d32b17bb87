"""Shaders of balls and sticks: quads turned to the viewer, in which every pixel's ray is intersected with the shape.

A quad's own depth does not matter: each pixel sets its own, and what the clip planes cut is left out pixel by pixel.
Balls are capped where the front plane cuts them; sticks are seen from inside. Thin things write their distance with a
minus sign: a silhouette of full strength would leave nothing of them.
"""

from app.scene.shaders.surfaces import EYE, LIGHTING

SPHERE_VERTEX = (
    EYE
    + """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
uniform vec4 u_tint;
attribute vec3 a_position;
attribute vec2 a_corner;
attribute float a_radius;
attribute vec4 a_colour;  // alpha 1: the tint may replace it; alpha 0.5: it is marked by a bright rim
varying vec3 v_position;
varying vec3 v_centre;
varying float v_radius;
varying vec4 v_colour;

void main() {
    vec3 centre = (u_view_from_model * vec4(a_position, 1.0)).xyz;
    vec3 forward = ray_to(centre);
    vec3 right = normalize(cross(forward, vec3(0.0, 1.0, 0.0)));
    vec3 up = cross(right, forward);
    // seen in perspective a ball covers a little more than its radius
    float away = length(centre);
    float wider = away / sqrt(max(away * away - a_radius * a_radius, 1e-6));
    float reach = a_radius * mix(wider, 1.0, u_orthographic);
    v_position = centre + reach * (a_corner.x * right + a_corner.y * up);
    v_centre = centre;
    v_radius = a_radius;
    float mark = 1.0 - abs(2.0 * a_colour.a - 1.0);
    v_colour = vec4(mix(a_colour.rgb, u_tint.rgb, u_tint.a * step(0.75, a_colour.a)), mark);
    gl_Position = u_clip_from_view * vec4(v_position, 1.0);
    gl_Position.z = 0.0;
}
"""
)

HIT = """
uniform mat4 u_clip_from_view;
uniform vec2 u_range;  // nearest and farthest distance that is seen (angstrom)

void set_depth(vec3 hit) {
    vec4 clip = u_clip_from_view * vec4(hit, 1.0);
    gl_FragDepth = 0.5 * clip.z / clip.w + 0.5;
}
"""

SPHERE_HIT = (
    EYE
    + HIT
    + """
varying vec3 v_position;
varying vec3 v_centre;
varying float v_radius;
varying vec4 v_colour;

// Where the eye's ray meets the ball, or its cut surface; `normal` points out of it.
vec3 sphere_hit(out vec3 normal) {
    vec3 ray = ray_to(v_position);
    vec3 way = v_centre - v_position;
    float along = dot(ray, way);
    float room = along * along - dot(way, way) + v_radius * v_radius;
    if (room < 0.0) discard;
    vec3 hit = v_position + ray * (along - sqrt(room));
    normal = (hit - v_centre) / v_radius;
    if (-hit.z < u_range.x) {
        vec3 exit = v_position + ray * (along + sqrt(room));
        if (-exit.z < u_range.x) discard;
        hit = exit + ray * (u_range.x + exit.z) / -ray.z;
        normal = vec3(0.0, 0.0, 1.0);
    }
    if (-hit.z > u_range.y) discard;
    set_depth(hit);
    return hit;
}
"""
)

SPHERE_OPAQUE = (
    LIGHTING
    + SPHERE_HIT
    + """
uniform vec3 u_mark;
const float THIN = 0.5;  // angstrom

void main() {
    vec3 normal;
    vec3 hit = sphere_hit(normal);
    vec3 to_eye = -ray_to(hit);
    float rim = v_colour.a * smoothstep(0.62, 0.52, dot(normal, to_eye));
    gl_FragColor = vec4(mix(lit(v_colour.rgb, normal, to_eye, 0.30), u_mark, rim), v_radius < THIN ? hit.z : -hit.z);
}
"""
)

SPHERE_IDENTITY = (
    "uniform vec4 u_identity;\n"
    + SPHERE_HIT
    + """
void main() {
    vec3 normal;
    vec3 hit = sphere_hit(normal);
    gl_FragColor = vec4(u_identity.rgb, -hit.z);
}
"""
)

STICK_VERTEX = (
    EYE
    + """
uniform mat4 u_view_from_model;
uniform mat4 u_clip_from_view;
uniform vec4 u_tint;
attribute vec3 a_start;
attribute vec3 a_end;
attribute vec2 a_corner;
attribute float a_radius;
attribute vec4 a_colour;
attribute vec4 a_end_colour;
varying vec3 v_position;
varying vec3 v_start;
varying vec4 v_axis;  // unit vector, and the length
varying float v_radius;
varying vec3 v_colour;
varying vec3 v_end_colour;

vec3 tinted(vec4 colour) {
    return mix(colour.rgb, u_tint.rgb, u_tint.a * step(0.75, colour.a));
}

void main() {
    vec3 start = (u_view_from_model * vec4(a_start, 1.0)).xyz;
    vec3 end = (u_view_from_model * vec4(a_end, 1.0)).xyz;
    vec3 middle = 0.5 * (start + end);
    float size = max(length(end - start), 1e-5);
    vec3 axis = (end - start) / size;
    vec3 forward = ray_to(middle);
    vec3 side = cross(axis, forward);
    side = dot(side, side) > 1e-8 ? normalize(side) : normalize(cross(forward, vec3(0.31, 0.95, 0.0)));
    vec3 up = cross(side, forward);
    float slope = abs(dot(axis, forward));
    float half_height = 0.5 * size * abs(dot(axis, up)) + a_radius;
    // as near as any part of the stick, so that the quad covers it in perspective, too
    middle -= forward * (0.5 * size * slope + a_radius);
    v_position = middle + a_corner.x * a_radius * side + a_corner.y * half_height * up;
    v_start = start;
    v_axis = vec4(axis, size);
    v_radius = a_radius;
    v_colour = tinted(a_colour);
    v_end_colour = tinted(a_end_colour);
    gl_Position = u_clip_from_view * vec4(v_position, 1.0);
    gl_Position.z = 0.0;
}
"""
)

STICK_HIT = (
    EYE
    + HIT
    + """
varying vec3 v_position;
varying vec3 v_start;
varying vec4 v_axis;
varying float v_radius;

// The point that far along the ray, and how far along the stick it is.
vec4 point_at(vec3 ray, float way) {
    vec3 point = v_position + ray * way;
    return vec4(point, dot(point - v_start, v_axis.xyz));
}

bool shown(vec4 point) {
    return point.w >= 0.0 && point.w <= v_axis.w && -point.z >= u_range.x && -point.z <= u_range.y;
}

vec4 stick_hit() {
    vec3 ray = ray_to(v_position);
    vec3 from_start = v_position - v_start;
    vec3 ray_across = ray - dot(ray, v_axis.xyz) * v_axis.xyz;
    vec3 start_across = from_start - dot(from_start, v_axis.xyz) * v_axis.xyz;
    float a = max(dot(ray_across, ray_across), 1e-7);
    float b = dot(ray_across, start_across);
    float room = b * b - a * (dot(start_across, start_across) - v_radius * v_radius);
    if (room < 0.0) discard;
    vec4 hit = point_at(ray, (-b - sqrt(room)) / a);
    if (!shown(hit)) hit = point_at(ray, (-b + sqrt(room)) / a);
    if (!shown(hit)) discard;
    set_depth(hit.xyz);
    return hit;
}
"""
)

STICK_OPAQUE = (
    LIGHTING
    + STICK_HIT
    + """
varying vec3 v_colour;
varying vec3 v_end_colour;

void main() {
    vec4 hit = stick_hit();
    vec3 normal = (hit.xyz - v_start - hit.w * v_axis.xyz) / v_radius;
    vec3 to_eye = -ray_to(hit.xyz);
    normal *= sign(dot(normal, to_eye) + 1e-6);
    vec3 colour = hit.w < 0.5 * v_axis.w ? v_colour : v_end_colour;
    gl_FragColor = vec4(lit(colour, normal, to_eye, 0.30), hit.z);
}
"""
)

STICK_IDENTITY = (
    "uniform vec4 u_identity;\n"
    + STICK_HIT
    + """
void main() {
    gl_FragColor = vec4(u_identity.rgb, -stick_hit().z);
}
"""
)
